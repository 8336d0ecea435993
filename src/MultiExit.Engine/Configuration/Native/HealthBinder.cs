using MultiExit.Engine.Configuration.Exits;
using MultiExit.Engine.Configuration.Groups;
using MultiExit.Engine.Configuration.Reading;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads the section health of an exit or group.</summary>
internal static class HealthBinder
{
    private const string ExpectedStatus = "a status such as 204 or a class such as 2xx";

    /// <summary>Reads the section of an exit.</summary>
    public static HealthConfig? Read(MapReader exit)
    {
        if (exit.Map("health", "health of an exit") is not { } reader) return null;
        HealthConfig health = ReadCheck(reader);
        reader.Finish();
        return health;
    }

    /// <summary>Reads the section of a group.</summary>
    public static GroupConfig Read(MapReader group, GroupConfig config)
    {
        if (group.Map("health", "health of a group") is not { } reader) return config;
        AllDownPolicy allDown = reader.Choice("all_down", "try", "fail") == "fail" ? AllDownPolicy.Fail : AllDownPolicy.Try;
        HealthConfig health = ReadCheck(reader);
        reader.Finish();
        return config with { Health = health, AllDown = allDown };
    }

    /// <summary>Reports a group that checks an exit otherwise than another one, once everything is read.</summary>
    public static void Check(MapReader root, GatewayConfig config)
    {
        IReadOnlyDictionary<string, HealthConfig> checks = HealthChecks.Of(config, out (string Group, string Message)? conflict);
        for (int i = 0; i < config.Exits.Count; i++)
        {
            if (config.Exits[i].OnDown != OnDown.Cut || checks.ContainsKey(config.Exits[i].Name) || root.Take("exits") is not ListNode exits) continue;
            SourcePlace at = (exits.Items[i] as MapNode)?.Find("on_down")?.Value.Place ?? exits.Place;
            root.Context.Errors.Add(at, "nothing would ever find the exit down; expected `health` at the exit or a group of it");
        }
        if (conflict is not { } fault || root.Take("groups") is not ListNode list) return;
        int index = config.Groups.TakeWhile(group => group.Name != fault.Group).Count();
        SourcePlace place = (list.Items[index] as MapNode)?.Find("health")?.Value.Place ?? list.Place;
        root.Context.Errors.Add(place, fault.Message);
    }

    private static HealthConfig ReadCheck(MapReader reader)
    {
        HealthConfig defaults = new();
        bool hasTarget = reader.Take("target") is not null;
        HealthTarget? target = ReadTarget(reader);
        foreach (string key in (string[])["interval", "timeout", "fall", "rise", "status"])
            if (!hasTarget && reader.Take(key) is { } node) reader.Context.Errors.Add(node.Place, $"`{key}` is for probes; expected a `target` beside it");
        if (hasTarget && reader.Take("eject_for") is { } ejectFor)
            reader.Context.Errors.Add(ejectFor.Place, "`eject_for` is for a check without `target`: with one, probes bring the exit back");
        TimeSpan interval = reader.Duration(HealthConfig.IntervalRange) ?? defaults.Interval;
        TimeSpan? timeout = reader.Duration(HealthConfig.TimeoutRange);
        int ejectAfter = reader.Integer(HealthConfig.EjectAfterRange) ?? defaults.EjectAfter;
        if (ejectAfter == 0 && !hasTarget)
            reader.Context.Errors.Add(reader.Take("eject_after")!.Place, "0 and no `target`: nothing would be checked; expected one of them");
        HealthConfig health = new()
        {
            Target = target,
            Interval = interval,
            Timeout = timeout ?? (defaults.Timeout < interval ? defaults.Timeout : interval),
            Fall = reader.Integer(HealthConfig.FallRange) ?? defaults.Fall,
            Rise = reader.Integer(HealthConfig.RiseRange) ?? defaults.Rise,
            EjectAfter = ejectAfter,
            EjectFor = reader.Duration(HealthConfig.EjectForRange) ?? defaults.EjectFor,
        };
        if (health.Contradiction is { } problem) reader.Context.Errors.Add(reader.Take("timeout")!.Place, problem);
        return health;
    }

    private static HealthTarget? ReadTarget(MapReader reader)
    {
        ErrorList errors = reader.Context.Errors;
        string? text = reader.Text("target", HealthTarget.Expected);
        string? status = reader.Text("status", ExpectedStatus);
        if (text is null) return null;
        // The error does not quote the text: a URL may hold a password.
        if (HealthTarget.Read(text, out HealthTarget? target) is { } problem)
        {
            errors.Add(reader.Take("target")!.Place, $"the target {problem}");
            return null;
        }
        if (status is null) return target;
        ConfigNode place = reader.Take("status")!;
        if (target!.Path is null) errors.Add(place.Place, "`status` is for a target with http:// or https://");
        else if (!HealthTarget.TryParseStatus(status, out int min, out int max)) reader.Context.Values.Expect(place, ExpectedStatus);
        else return target with { MinStatus = min, MaxStatus = max };
        return null;
    }
}
