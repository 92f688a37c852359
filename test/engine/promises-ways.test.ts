import { keepsPromises } from './promises-run.js';

keepsPromises(10, 11, 13, 14);
