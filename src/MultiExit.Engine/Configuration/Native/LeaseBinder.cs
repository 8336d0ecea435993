using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reports leases of exits that could not keep their word.</summary>
internal static class LeaseBinder
{
    /// <summary>Adds an error for each, once everything is read.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        foreach ((int exit, string problem) in LeaseProblems.Find(config))
        {
            if (root.Take("exits") is not ListNode list || list.Items[exit] is not MapNode item) continue;
            root.Context.Errors.Add(item.Find("lease")?.Value.Place ?? item.Place with { Path = item.Place.PathOf("lease") }, $"`lease` {problem}");
        }
    }
}
