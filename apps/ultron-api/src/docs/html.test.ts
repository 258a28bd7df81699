import { describe, expect, it } from '@jest/globals';
import { html, inline, markdown } from './html.js';

describe('html', () => {
  it('escapes what is put in, but not what is HTML already', () => {
    expect(html`<p title="${'"'}">${'<b>&'}</p>`.text).toBe('<p title="&quot;">&lt;b&gt;&amp;</p>');
    expect(html`<p>${html`<b>${'<'}</b>`}</p>`.text).toBe('<p><b>&lt;</b></p>');
    expect(html`${['<', html`<i></i>`, undefined, 3]}`.text).toBe('&lt;<i></i>3');
  });

  it('knows a little Markdown', () => {
    expect(inline('`a<b` is **bold** and *soft*').text).toBe(
      '<code>a&lt;b</code> is <strong>bold</strong> and <em>soft</em>',
    );
    expect(markdown('one\n\ntwo').text).toBe('<p>one</p>\n<p>two</p>');
  });
});
