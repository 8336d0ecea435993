using Xunit.Sdk;
using Xunit.v3;

// The servers of a process are shared by all its sessions, and tests count and stop them.
[assembly: Parallelization(Mode = ParallelMode.None)]
