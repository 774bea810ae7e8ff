import { EXAMPLE_KEY } from '../operation-object.ts'

/**
 * What the page does beyond being read: filtering, following along while scrolling, copying, and sending requests. Everything that a server
 * answers is put into the page as text.
 */
export const PAGE_SCRIPT: string = `
'use strict';
const all = (selector, root = document) => [...root.querySelectorAll(selector)];
const one = (selector, root = document) => root.querySelector(selector);
const make = (name, className, text) => {
  const element = document.createElement(name);
  if (className) element.className = className;
  if (text !== undefined) element.textContent = text;
  return element;
};
const base = location.protocol === 'file:' ? 'http://localhost:4000' : location.origin + location.pathname.replace(/\\/docs\\/?$/, '');
// A key of one's own for each operation; sent once more it shows what a repetition gets.
const newKey = () => crypto.randomUUID ? crypto.randomUUID() : Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
all('input[name="Idempotency-Key"]').forEach((input) => { input.value = newKey(); });
all('.curl').forEach((pre) => { pre.textContent = pre.textContent.replace('http://localhost:4000', base).replace('${EXAMPLE_KEY}', newKey()); });
all('.find, .try, .headers-box, .menu').forEach((element) => { element.hidden = false; });

// Filter
const filter = one('#filter');
const applyFilter = () => {
  const words = filter.value.toLowerCase().split(/\\s+/).filter(Boolean);
  let any = false;
  all('.group').forEach((group) => {
    const items = all('li', group);
    items.forEach((item) => { item.hidden = !words.every((word) => item.dataset.search.includes(word)); });
    group.hidden = items.every((item) => item.hidden);
    any = any || !group.hidden;
  });
  one('.none').hidden = any;
};
filter.addEventListener('input', applyFilter);
filter.addEventListener('keydown', (event) => {
  if (event.key === 'Escape') { filter.value = ''; applyFilter(); filter.blur(); }
  if (event.key === 'Enter') { const found = one('.group li:not([hidden]) a'); if (found) found.click(); }
});
document.addEventListener('keydown', (event) => {
  const typing = event.target.closest('input, textarea, select');
  if (event.key !== '/' || typing || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  setMenu(true);
  filter.focus();
});

// Menu on small screens
const menu = one('.menu');
const setMenu = (open) => {
  menu.setAttribute('aria-expanded', String(open));
  document.body.classList.toggle('menu-open', open);
};
document.body.classList.add('scripted');
menu.addEventListener('click', () => setMenu(menu.getAttribute('aria-expanded') !== 'true'));
one('nav').addEventListener('click', (event) => { if (event.target.closest('a')) setMenu(false); });
document.addEventListener('keydown', (event) => { if (event.key === 'Escape') setMenu(false); });

// Where the reader is
const links = new Map(all('nav li a').map((link) => [decodeURIComponent(link.hash.slice(1)), link]));
let current;
const visible = new Set();
const follow = new IntersectionObserver((entries) => {
  entries.forEach(({ target, isIntersecting }) => { if (isIntersecting) visible.add(target); else visible.delete(target); });
  const first = all('.operation').find((article) => visible.has(article));
  const link = first && links.get(first.id);
  if (!link || link === current) return;
  if (current) current.removeAttribute('aria-current');
  current = link;
  link.setAttribute('aria-current', 'true');
  const nav = one('nav'), box = link.getBoundingClientRect(), frame = nav.getBoundingClientRect();
  if (box.top < frame.top + 60 || box.bottom > frame.bottom - 60) nav.scrollTop += box.top - frame.top - frame.height / 2;
}, { rootMargin: '-12% 0px -70% 0px' });
all('.operation').forEach((article) => follow.observe(article));

// On long pages the first jump goes by the estimated heights of what is in between, the second by the real ones.
const settle = () => {
  const target = location.hash.length > 1 && document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target) requestAnimationFrame(() => requestAnimationFrame(() => target.scrollIntoView()));
};
if (one('main.long')) { addEventListener('hashchange', settle); addEventListener('load', settle); }

// Copy
if (navigator.clipboard) {
  all('.copy').forEach((button) => {
    button.hidden = false;
    button.addEventListener('click', async () => {
      const text = one('pre', button.closest('.code')).textContent;
      const done = await navigator.clipboard.writeText(text).then(() => true, () => false);
      button.textContent = done ? 'Copied' : 'Not allowed';
      setTimeout(() => { button.textContent = 'Copy'; }, 1500);
    });
  });
}

// Requests
const requestOf = (form) => {
  const fields = all('[data-in]', form);
  const of = (place) => fields.filter((field) => field.dataset.in === place && field.value !== '');
  const values = new Map(of('path').map((field) => ['{' + field.name + '}', encodeURIComponent(field.value)]));
  const query = new URLSearchParams(of('query').map((field) => [field.name, field.value])).toString();
  const path = form.dataset.path.replace(/\\{[^}]+\\}/g, (name) => values.get(name) || name);
  const headers = new Headers(of('header').map((field) => [field.name, field.value]));
  one('#headers').value.split('\\n').filter((line) => line.includes(':')).forEach((line) => {
    const at = line.indexOf(':');
    headers.set(line.slice(0, at).trim(), line.slice(at + 1).trim());
  });
  const [body] = of('body');
  if (body) headers.set('content-type', form.dataset.type);
  return [base + path + (query && '?' + query), { method: form.dataset.method, headers, body: body && body.value }];
};
const pretty = (text) => {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
};
const SHOWN = ['idempotent-replay', 'fulcrum-source', 'fulcrum-deadline', 'etag', 'age', 'retry-after', 'x-request-id'];
const showAnswer = async (result, answer, milliseconds) => {
  const kind = answer.ok ? 'good' : answer.status < 500 ? 'caller' : 'server';
  const line = make('p', 'answer-line');
  line.append(make('span', 'status ' + kind, String(answer.status)), ' ' + answer.statusText + ' ', make('span', 'note', Math.round(milliseconds) + ' ms'));
  const headers = SHOWN.filter((name) => answer.headers.has(name)).map((name) => name + ': ' + answer.headers.get(name));
  const text = pretty(await answer.text());
  const pre = make('pre', '', [...headers, '', text].join('\\n').trim());
  pre.tabIndex = 0;
  result.replaceChildren(line, pre);
};
all('.try form').forEach((form) => {
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    const result = form.nextElementSibling, button = one('button', form);
    button.disabled = true;
    result.replaceChildren(make('p', 'note', 'Waiting for the answer…'));
    try {
      const started = performance.now();
      const answer = await fetch(...requestOf(form));
      await showAnswer(result, answer, performance.now() - started);
    } catch (error) {
      result.replaceChildren(make('p', 'failed', 'No answer: ' + error.message));
    }
    button.disabled = false;
  });
});
`
