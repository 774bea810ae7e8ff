/** The page's look: one column on phones, three on wide screens; light or dark as the reader's system has it. */
export const PAGE_STYLE: string = `
:root{color-scheme:light dark;
--bg:#fbfaf8;--card:#fff;--sunken:#f4f2ee;--text:#211f1c;--soft:#625d56;--line:#e5e1da;--strong-line:#cfc9bf;
--accent:#4338ca;--accent-soft:#eeedfc;--code:#1f2430;--code-line:#333a4a;--code-text:#e6e8ee;--code-soft:#a9b1c4;
--get:#0f6b4f;--get-bg:#e0f3eb;--post:#1d4f9e;--post-bg:#e4edfb;--put:#8a4b08;--put-bg:#fbeedb;
--patch:#6b2fa0;--patch-bg:#f1e6fa;--delete:#a3242b;--delete-bg:#fbe6e6;
--good:#0f6b4f;--caller:#8a4b08;--server:#a3242b;--need:#a3242b;
--mono:ui-monospace,SFMono-Regular,"SF Mono",Menlo,Consolas,"Liberation Mono",monospace;
--sans:system-ui,-apple-system,"Segoe UI",Roboto,"Helvetica Neue",Arial,"Liberation Sans",sans-serif}
@media (prefers-color-scheme:dark){:root{
--bg:#131316;--card:#1a1a1f;--sunken:#202026;--text:#ecebe8;--soft:#a6a29b;--line:#2c2c33;--strong-line:#44444e;
--accent:#a5a0ff;--accent-soft:#26244a;--code:#0d0e12;--code-line:#2a2d37;
--get:#6fd6ae;--get-bg:#12352a;--post:#8fb8f7;--post-bg:#172c4d;--put:#eab676;--put-bg:#3b2a12;
--patch:#cda2f2;--patch-bg:#321d47;--delete:#f29a9c;--delete-bg:#44191c;
--good:#6fd6ae;--caller:#eab676;--server:#f29a9c;--need:#f29a9c}}
*{box-sizing:border-box}
[hidden]{display:none!important}
html{scroll-padding-top:1.5rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--bg);color:var(--text);font:1rem/1.6 var(--sans);display:grid;grid-template-columns:17.5rem minmax(0,1fr)}
a{color:var(--accent);text-underline-offset:.18em}
code,pre,kbd,textarea,.type,.path,.verb,.method,.status{font-family:var(--mono)}
code{font-size:.875em}
h1,h2,h3,h4,p,ul,ol,dl,dd,pre{margin:0;padding:0}
ul,ol{list-style:none}
:focus-visible{outline:2px solid var(--accent);outline-offset:2px;border-radius:4px}
.skip{position:absolute;left:-99rem}
.skip:focus{left:1rem;top:1rem;z-index:9;background:var(--card);padding:.6rem 1rem;border-radius:.5rem}
.unseen{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}
.side{position:sticky;top:0;height:100vh;height:100dvh;display:flex;flex-direction:column;border-right:1px solid var(--line);background:var(--card)}
.brand{display:flex;align-items:center;gap:.65rem;padding:1.15rem 1.25rem .9rem;font-weight:650;letter-spacing:-.01em}
.brand svg{color:var(--accent);flex:none}.brand a{color:inherit;text-decoration:none;overflow-wrap:anywhere}
.menu{display:none;margin-left:auto;font:inherit;font-size:.875rem;font-weight:500;color:var(--text);background:var(--sunken);border:1px solid var(--line);border-radius:.5rem;padding:.4rem .8rem}
nav{flex:1;min-height:0;overflow-y:auto;overscroll-behavior:contain;padding:0 .75rem 1.5rem}
.find{position:sticky;top:0;background:var(--card);padding:.15rem .5rem .75rem}
.find input,.try input,.try textarea,.headers-box textarea{width:100%;font:inherit;font-size:.875rem;color:inherit;background:var(--bg);border:1px solid var(--strong-line);border-radius:.5rem;padding:.5rem .7rem}
.try textarea,.headers-box textarea{font-family:var(--mono);font-size:.8125rem;line-height:1.5;resize:vertical}
::placeholder{color:var(--soft);opacity:1}
.find kbd{position:absolute;right:1.1rem;top:.62rem;font-size:.75rem;color:var(--soft);border:1px solid var(--line);border-radius:.3rem;padding:0 .4rem;background:var(--card)}
.find input:focus+kbd{display:none}
.group{margin-top:.85rem}
.group .title{font-size:.75rem;font-weight:650;letter-spacing:.06em;text-transform:uppercase;padding:.2rem .5rem}
.group .title a{color:var(--soft);text-decoration:none}
.group li a{display:flex;align-items:baseline;justify-content:space-between;gap:.6rem;padding:.27rem .5rem;border-radius:.4rem;color:var(--text);font-size:.9rem;text-decoration:none;overflow-wrap:anywhere}
.group li a:hover,.group .title a:hover{background:var(--sunken)}
.group a[aria-current]{background:var(--accent-soft);color:var(--accent);font-weight:550}
.verb{font-size:.66rem;font-weight:600;letter-spacing:.03em}
.verb.get{color:var(--get)}.verb.post{color:var(--post)}.verb.put{color:var(--put)}.verb.patch{color:var(--patch)}.verb.delete{color:var(--delete)}
.more{margin-top:1.1rem;padding:.27rem .5rem;font-size:.9rem}.more a{color:var(--soft);text-decoration:none}.more a:hover{color:var(--text)}
.none{padding:1rem .5rem;color:var(--soft);font-size:.9rem}
.headers-box{margin:1.5rem .5rem 0;font-size:.8125rem;color:var(--soft)}
.headers-box summary{cursor:pointer;padding:.3rem 0}.headers-box label{display:block;margin:.3rem 0}
main{padding:3.25rem clamp(1.25rem,4vw,4rem) 6rem;max-width:88rem;outline:none}
.intro h1{font-size:clamp(2rem,4.5vw,2.75rem);line-height:1.1;letter-spacing:-.028em;font-weight:700;overflow-wrap:anywhere}
.facts-line{display:flex;flex-wrap:wrap;gap:.3rem 1.4rem;margin-top:.9rem;color:var(--soft);font-size:.9375rem}
.lead{font-size:1.15rem;margin-top:1.2rem;max-width:44rem}.intro>p{max-width:44rem}
.reading{display:grid;grid-template-columns:repeat(auto-fit,minmax(15rem,1fr));gap:1rem 2rem;margin-top:2rem;padding:1.3rem 1.5rem;border:1px solid var(--line);border-radius:.9rem;background:var(--card);font-size:.9375rem;color:var(--soft)}
.reading strong,.reading code{color:var(--text)}
.module{margin-top:4.5rem}
.module>h2{font-size:1.65rem;letter-spacing:-.02em;font-weight:680;padding-bottom:.6rem;border-bottom:1px solid var(--line)}
.operation{padding:2.4rem 0 2.8rem;border-bottom:1px solid var(--line)}
.operation:last-child{border-bottom:0}
.long .operation{content-visibility:auto;contain-intrinsic-size:auto 62rem}
.operation h3{display:flex;flex-wrap:wrap;align-items:center;gap:.5rem .75rem;font-size:1.2rem;font-weight:600}
.method{font-size:.78rem;font-weight:700;letter-spacing:.04em;padding:.2rem .6rem;border-radius:.45rem}
.method.get{color:var(--get);background:var(--get-bg)}.method.post{color:var(--post);background:var(--post-bg)}.method.put{color:var(--put);background:var(--put-bg)}
.method.patch{color:var(--patch);background:var(--patch-bg)}.method.delete{color:var(--delete);background:var(--delete-bg)}
.path{font-size:1.0625rem;overflow-wrap:anywhere}.path var{font-style:normal;color:var(--accent)}
.anchor{color:var(--soft);text-decoration:none;opacity:0;font-weight:400;padding:0 .3rem}
.operation h3:hover .anchor,.anchor:focus-visible{opacity:1}
.summary{margin-top:.5rem;font-size:1.0625rem}.summary:empty{display:none}
.chips{display:flex;flex-wrap:wrap;gap:.4rem;margin-top:.8rem}
.chip{font:500 .78rem/1.5 var(--sans);padding:.1rem .6rem;border-radius:1rem;border:1px solid var(--line);background:var(--card);color:var(--soft);overflow-wrap:anywhere}
.chip.id{font-family:var(--mono);border-color:transparent;background:var(--sunken);color:var(--text)}
.chip.consistency,.chip.transaction{color:var(--accent);background:var(--accent-soft);border-color:transparent}
.columns{display:grid;grid-template-columns:minmax(0,1.15fr) minmax(0,1fr);gap:2rem clamp(1.5rem,3vw,3rem);margin-top:1.6rem;align-items:start}
h4,.label{font-size:.8125rem;font-weight:650;letter-spacing:.01em;color:var(--soft)}
.reference>*+*{margin-top:1.7rem}.reference section>h4{margin-bottom:.55rem}
.contract dl{border:1px solid var(--line);border-radius:.8rem;background:var(--card);overflow:hidden}
.contract dl>div{display:grid;grid-template-columns:8.5rem minmax(0,1fr);gap:.3rem 1rem;padding:.75rem 1.05rem}
.contract dl>div+div{border-top:1px solid var(--line)}
dt{font-weight:600;font-size:.9rem}dd{font-size:.9375rem;line-height:1.5}
.cost{color:var(--soft);margin-top:.25rem}.cost span{font-size:.8125rem;font-weight:600;color:var(--caller);margin-right:.2rem}
.fields{border-left:2px solid var(--line)}
.fields>li{padding:.42rem 0 .42rem 1rem}.fields .fields{margin-top:.45rem}
.name{font-weight:600}.type{font-size:.8125rem;color:var(--soft);overflow-wrap:anywhere}.need{font:500 .75rem var(--sans);color:var(--need)}
.constraint{font:400 .8125rem var(--sans);color:var(--soft)}.constraint::before{content:"· "}h4 .constraint::before{content:""}
.about{font-size:.9rem;color:var(--soft);line-height:1.5}
.variant-box{margin-top:.5rem}.variant{font-size:.8125rem;color:var(--soft);margin-bottom:.25rem}
details>summary{cursor:pointer}
.answer{border:1px solid var(--line);background:var(--card)}.answer+.answer{border-top:0}
h4+.answer{border-radius:.8rem .8rem 0 0}.answer:not(:has(+.answer)){border-bottom-left-radius:.8rem;border-bottom-right-radius:.8rem}
.answer>summary,.answer>.line,.plan>summary,.try>summary{list-style:none;display:flex;align-items:baseline;gap:.75rem;padding:.6rem 1.05rem;font-size:.9375rem}
summary::-webkit-details-marker{display:none}.answer>summary code{white-space:nowrap}
.answer>summary::after,.plan>summary::after,.try>summary::after{content:"";flex:none;width:.5rem;height:.5rem;margin-left:auto;align-self:center;border-right:1.5px solid var(--soft);border-bottom:1.5px solid var(--soft);transform:rotate(45deg)}
details[open]>summary::after{transform:rotate(-135deg)!important}
.answer .inside{padding:.1rem 1.05rem 1rem}.answer .inside>*+*{margin-top:.8rem}
.status{font-size:.8125rem;font-weight:700;min-width:2.6rem}.status.good{color:var(--good)}.status.caller{color:var(--caller)}.status.server{color:var(--server)}
.headers{font-size:.9rem}.answers>.label{margin-top:1rem}
.also{display:flex;flex-wrap:wrap;gap:.1rem 1.1rem;margin-top:.2rem;font-size:.875rem}.also a{color:var(--soft);text-decoration:none}.also a:hover{color:var(--text);text-decoration:underline}.also .status{min-width:0}
.errors{display:grid;grid-template-columns:repeat(auto-fill,minmax(24rem,1fr));gap:1.6rem clamp(1.5rem,3vw,3rem);padding-top:1.6rem}.errors p>code{white-space:nowrap}.errors .status{min-width:0;margin-right:.3rem}.errors .fields{margin-top:.5rem}.errors li:target{outline:2px solid var(--accent);outline-offset:.6rem;border-radius:.3rem}.headers .label{margin-right:.5rem}.headers code{margin-right:.5rem}
.plan{border:1px dashed var(--strong-line);border-radius:.8rem}.plan>summary{font-weight:600;font-size:.9rem}
.plan>:not(summary){margin:0 1.05rem .8rem}.plan>.label{margin-bottom:.3rem}
.stages{font-size:.9rem;line-height:1.5}.stages li{padding:.3rem 0 .3rem 1.1rem;border-left:2px solid var(--accent)}
.stages strong{display:block}.stages span{color:var(--soft)}.stages .absent{border-left:2px dotted var(--strong-line)}
.panel{position:sticky;top:1.5rem;display:grid;gap:1rem;max-height:calc(100vh - 3rem);overflow-y:auto;border-radius:.8rem}
.code,.result pre{background:var(--code);color:var(--code-text);border:1px solid var(--code-line);border-radius:.8rem;overflow:hidden;min-width:0}
.bar{display:flex;justify-content:space-between;align-items:center;min-height:2.3rem;padding:0 .5rem 0 1rem;font-size:.78rem;color:var(--code-soft);border-bottom:1px solid var(--code-line)}
.copy{font:inherit;color:var(--code-text);background:none;border:0;border-radius:.35rem;padding:.25rem .6rem;cursor:pointer}.copy:hover{background:var(--code-line)}
pre{font-size:.8125rem;line-height:1.6;padding:.9rem 1rem;overflow-x:auto;tab-size:2}
.code pre{max-height:24rem;overflow:auto}.curl{white-space:pre-wrap;overflow-wrap:anywhere}.key{color:#9ec5fe}.text{color:#a5e3bd}.value{color:#f7c788}
.try{border:1px solid var(--line);border-radius:.8rem;background:var(--card)}.try>summary{font-weight:600}
.try form,.try .result{padding:0 1.05rem}.try form{padding-bottom:1.05rem;display:grid;gap:.3rem}
.try label{font:500 .8125rem var(--mono);margin-top:.45rem}
.send{display:flex;align-items:center;gap:.9rem;margin-top:.9rem}.note{font-size:.875rem;color:var(--soft)}
.send button{font:inherit;font-size:.9375rem;font-weight:600;color:var(--card);background:var(--accent);border:0;border-radius:.5rem;padding:.5rem 1.25rem;cursor:pointer}
.send button:hover{filter:brightness(1.08)}.send button:disabled{opacity:.6;cursor:wait}
.try .result:not(:empty){padding-bottom:1.05rem}.answer-line{margin-bottom:.5rem}.failed{color:var(--server)}.result pre{max-height:24rem;overflow:auto}
@media (max-width:75rem){.columns{grid-template-columns:minmax(0,1fr)}.panel{position:static;max-height:none}}
@media (max-width:52rem){
html{scroll-padding-top:4.5rem}
body{display:block}
.side{position:static;height:auto;border-right:0;border-bottom:1px solid var(--line)}
.scripted .side{position:sticky;z-index:5}
.brand{padding:.7rem 1.25rem}.menu{display:block}
.find kbd{display:none}
.scripted nav{display:none}
.scripted.menu-open nav{display:block;position:absolute;top:100%;left:0;right:0;max-height:75vh;max-height:75dvh;background:var(--card);border-bottom:1px solid var(--line);box-shadow:0 1.5rem 2rem rgb(0 0 0/.18)}
main{padding-top:2rem}.module{margin-top:3rem}
.contract dl>div,.errors{grid-template-columns:1fr}}
@media print{.long .operation{content-visibility:visible}.side,.panel,.anchor{display:none}body{display:block}.columns{display:block}}
`
