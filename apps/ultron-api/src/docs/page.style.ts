/** The style of the pages; part of them, so that they need nothing but themselves. */
export const STYLE = `
:root { color-scheme: light dark;
  --text: #1c2430; --soft: #5a6678; --line: #dfe4ea; --paper: #fff; --shade: #f5f7f9; --link: #0b5cad;
  --code: #f0f3f6; --get: #0b6b4f; --post: #0b5cad; --put: #8a5a00; --delete: #b02a37; --night: #10161f; }
@media (prefers-color-scheme: dark) { :root {
  --text: #dde3ea; --soft: #94a1b2; --line: #2a3442; --paper: #141a22; --shade: #1a222c; --link: #6cb2ff;
  --code: #202a36; --get: #4fc99c; --post: #6cb2ff; --put: #e0b050; --delete: #ff8089; --night: #0c1117; } }
* { box-sizing: border-box; }
html { scroll-padding-top: 1rem; }
body { margin: 0; display: grid; grid-template-columns: 18rem minmax(0, 1fr); color: var(--text);
  background: var(--paper); font: 15px/1.55 system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", sans-serif; }
nav { position: sticky; top: 0; height: 100vh; overflow-y: auto; padding: 1.25rem 1rem 3rem; background: var(--shade);
  border-right: 1px solid var(--line); font-size: 13.5px; }
nav .brand { display: block; font-size: 1.15rem; font-weight: 700; color: var(--text); }
nav .pages { margin: .35rem 0 1rem; display: flex; gap: .9rem; }
nav h2 { font-size: .74rem; letter-spacing: .06em; text-transform: uppercase; color: var(--soft); margin: 1.1rem 0 .25rem; }
nav ul { list-style: none; margin: 0; padding: 0; }
nav li a { display: flex; gap: .5rem; align-items: baseline; padding: .17rem .3rem; border-radius: 5px; color: var(--text); }
nav li a:hover { background: var(--code); text-decoration: none; }
nav .verb { width: 3.1rem; flex: none; font-size: .66rem; }
a { color: var(--link); text-decoration: none; } a:hover { text-decoration: underline; }
main { padding: 2rem 3rem 6rem; max-width: 62rem; }
h1 { margin: 0 0 .5rem; font-size: 1.9rem; line-height: 1.2; }
h2.group { margin: 3.2rem 0 0; padding-bottom: .3rem; font-size: 1.45rem; border-bottom: 1px solid var(--line); }
h3 { margin: 0; font-size: 1.12rem; } h4 { margin: 1.3rem 0 .4rem; font-size: .82rem; color: var(--soft); font-weight: 600; }
p { margin: .55rem 0; max-width: 46rem; }
code, pre, .path { font-family: ui-monospace, SFMono-Regular, Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .87em; }
code { background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { margin: .4rem 0; padding: .8rem 1rem; overflow-x: auto; background: var(--night); color: #d7e0ea; border-radius: 7px;
  line-height: 1.5; }
article { padding: 1.6rem 0 1.9rem; border-bottom: 1px solid var(--line); }
article.brief { padding: .9rem 0 1rem; }
article:target > h3 { text-decoration: underline; text-underline-offset: .25em; }
.address { display: flex; flex-wrap: wrap; gap: .6rem; align-items: center; margin: .35rem 0 .2rem; }
.verb { font-weight: 700; font-family: ui-monospace, Menlo, Consolas, "DejaVu Sans Mono", monospace; text-transform: uppercase; }
.get { color: var(--get); } .post { color: var(--post); } .put, .patch { color: var(--put); } .delete { color: var(--delete); }
.badge { font-size: .74rem; padding: .05rem .5rem; border: 1px solid var(--line); border-radius: 99px; color: var(--soft); }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .92em; }
td { padding: .42rem .8rem .42rem 0; vertical-align: top; border-top: 1px solid var(--line); }
tr:first-child td, tr.nested td { border-top: 0; } tr.nested > td { padding: 0 0 .3rem; }
td table { font-size: 1em; } td td.name { width: 11rem; }
td.name { width: 13rem; } td.name .type { display: block; color: var(--soft); font-size: .85em; }
td p { margin: 0; } .need { color: var(--delete); font-size: .78em; margin-left: .35rem; }
.rule { color: var(--soft); font-size: .88em; }
details { margin: .35rem 0; } summary { cursor: pointer; color: var(--soft); font-size: .9em; }
details > .inner { margin: .3rem 0 .6rem .3rem; padding-left: 1rem; border-left: 2px solid var(--line); }
.status { font-weight: 700; margin-right: .4rem; } .problems { color: var(--soft); font-size: .92em; }
@media (max-width: 54rem) { body { display: block; } nav { position: static; height: auto; max-height: 45vh;
  border-right: 0; border-bottom: 1px solid var(--line); } main { padding: 1.25rem; } td.name { width: 9rem; } }
`;
