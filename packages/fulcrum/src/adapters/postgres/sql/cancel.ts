/** Has a backend cancel its statement. Input: process id of the backend. Output: nothing of interest. */
export const CANCEL = 'SELECT pg_cancel_backend($1::int)'
