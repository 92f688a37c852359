import { keepsPromises } from './promises-run.js';

keepsPromises(6, 7, 8, 9);
