namespace MultiExit.Engine.Control;

/// <summary>All requests of the control endpoint.</summary>
internal static class ControlTable
{
    /// <summary>In the order of the resources.</summary>
    public static IReadOnlyList<ControlRoute> All { get; } =
    [
        .. ServerResource.Table, .. ExitResource.Table, .. GroupResource.Table, .. ConfigResource.Table, .. VersionResource.Table,
        .. RolloutResource.Table, .. RouteResource.Table,
        .. RuleSetResource.Table, .. LogResource.Table, .. MetricResource.Table, .. EventResource.Table, .. RecordResource.Table, .. TrafficResource.Table,
        .. FleetResource.Table,
        .. TakeoverResource.Table, .. AccessResource.Table,
    ];
}
