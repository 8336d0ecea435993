import { $, make, setText } from './dom.js';

let decide = () => { };

// The event that tells of a closed dialog comes later, when the next one may be open; so it is not waited for.
function finish(answer) {
  const told = decide;
  decide = () => { };
  $('ask').close();
  told(answer);
}

$('ask-no').addEventListener('click', () => finish(null));
$('ask').addEventListener('cancel', event => { event.preventDefault(); finish(null); });
$('ask-form').addEventListener('submit', event => {
  event.preventDefault();
  finish({ check: $('ask-check').checked, number: Number($('ask-number').value) });
});

export const dismiss = () => finish(null);

// Asks before something is done. Answers null for no, else what was filled in.
export function confirm({ title, text, yes, check, number, danger }) {
  setText($('ask-title'), title);
  setText($('ask-text'), text ?? '');
  setText($('ask-yes'), yes);
  $('ask-yes').className = danger ? 'danger' : 'main';
  $('ask-check-label').hidden = check === undefined;
  $('ask-check').checked = false;
  setText($('ask-check-text'), check ?? '');
  $('ask-number-label').hidden = number === undefined;
  $('ask-number').disabled = number === undefined;
  $('ask-number').value = number ?? '';
  $('ask').showModal();
  return new Promise(resolve => { decide = resolve; });
}

// Says what came of it; failures stay longer.
export function tell(text, failed = false) {
  const line = make('p', { class: failed ? 'failed' : '' }, text);
  $('told').append(line);
  setTimeout(() => line.remove(), failed ? 10000 : 4000);
}

// Does something and tells the outcome.
export async function attempt(action, done) {
  try {
    const result = await action();
    const text = typeof done === 'function' ? done(result) : done;
    if (text) tell(text);
    return result;
  } catch (error) {
    tell(error.message, true);
    return undefined;
  }
}
