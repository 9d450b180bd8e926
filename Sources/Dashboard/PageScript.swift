/// The page's script: it follows the feed, and changes only what differs, so that the focus, the place and what is open
/// stay as they are.
enum PageScript {
    static let text: StaticString = """
        (() => {
          const main = document.getElementById('main'), state = document.getElementById('connection');
          const say = text => { if (state.textContent !== text) state.textContent = text };
          const align = (old, fresh) => {
            for (const { name } of [...old.attributes])
              if (!fresh.hasAttribute(name) && !(old.nodeName === 'DETAILS' && name === 'open')) old.removeAttribute(name);
            for (const { name, value } of fresh.attributes)
              if (old.getAttribute(name) !== value && !(old.nodeName === 'DETAILS' && name === 'open'))
                old.setAttribute(name, value);
          };
          const morph = (old, fresh) => {
            const before = [...old.childNodes], after = [...fresh.childNodes];
            after.forEach((next, index) => {
              const now = before[index];
              if (!now) old.append(next);
              else if (now.nodeName !== next.nodeName || now.id !== next.id) now.replaceWith(next);
              else if (now.nodeType !== 1) { if (now.data !== next.data) now.data = next.data }
              else { align(now, next); morph(now, next) }
            });
            before.slice(after.length).forEach(node => node.remove());
          };
          const follow = () => {
            const feed = new EventSource(main.dataset.feed);
            feed.addEventListener('page', event => {
              const page = document.createElement('template');
              page.innerHTML = JSON.parse(event.data);
              morph(main, page.content);
            });
            feed.onopen = () => say('Live');
            feed.onerror = () => say(feed.readyState === EventSource.CLOSED
              ? 'Ended. Start it again: teamfix stats --serve' : 'No connection; trying again');
          };
          follow();
        })();
        """
}
