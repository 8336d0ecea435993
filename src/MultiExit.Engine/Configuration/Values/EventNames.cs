namespace MultiExit.Engine.Configuration.Values;

/// <summary>The types of events, as <c>notify</c> and requests name them.</summary>
public static class EventNames
{
    /// <summary>All of them, in alphabetical order.</summary>
    public static IReadOnlyList<string> All { get; } =
    [
        "auth-back", "auth-lost", "carriers-back", "carriers-lost", "certificate", "config-applied", "config-confirmed", "config-refused",
        "config-rolled-back", "config-unconfirmed", "control-lost", "descriptors-free", "descriptors-low", "exit-down", "exit-opened", "exit-shut",
        "exit-up", "fault", "fleet-config-applied", "fleet-config-published", "fleet-config-rolled-back", "fleet-store-back", "fleet-store-lost",
        "lease-left", "lease-lost", "lease-won", "lockout", "log-lost", "members-current", "members-stale", "memory-low", "node-diverged", "node-follows",
        "node-replaced", "quota-reached", "records-dropped", "server-started", "server-stopping", "set-current", "set-stale", "store-back",
        "store-damaged", "store-lost",
    ];
}
