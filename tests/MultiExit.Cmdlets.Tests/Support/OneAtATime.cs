// The servers of a process are shared by all its sessions, and tests count and stop them.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
