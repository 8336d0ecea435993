using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reports exits and targets that lead back to the inbounds that use them.</summary>
internal static class LoopBinder
{
    /// <summary>Adds an error for each loop that is certain, once everything is read.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        foreach (OwnLoop loop in OwnLoops.Find(config, _ => false).Where(loop => loop.IsCertain))
        {
            if (root.Take(loop.List) is not ListNode list || list.Items[loop.Index] is not MapNode item) continue;
            SourcePlace place = item.Find(loop.Key)?.Value.Place ?? item.Place with { Path = item.Place.PathOf(loop.Key) };
            root.Context.Errors.Add(place, loop.Problem);
        }
    }
}
