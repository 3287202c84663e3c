import * as fc from 'fast-check';

// On a developer's machine every run tries other inputs, which is how new bugs are found. In CI a run is about the change: the same inputs each time.
if (process.env['CI']) fc.configureGlobal({ seed: 20240506 });
