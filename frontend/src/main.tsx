import './no-eval.js';
import { createRoot } from 'react-dom/client';
import { App } from './app/app.js';
import { ServicesProvider, startServices } from './app/services.js';
import './styles/tokens.css';
import './styles/base.css';

const element = document.getElementById('app');
if (element === null) throw new Error('index.html has lost its #app.');
createRoot(element, {
  onUncaughtError(error) {
    element.textContent = 'Something went wrong in this page. Reload it to go on.';
    reportError(error);
  },
}).render(
  <ServicesProvider value={startServices()}>
    <App />
  </ServicesProvider>,
);
