using Xunit.Sdk;
using Xunit.v3;

// The servers are those of the process: tests that start and stop them take turns.
[assembly: Parallelization(Mode = ParallelMode.None)]
