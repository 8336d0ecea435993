using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Configuration.Routes;
using MultiExit.Engine.Configuration.Values;

namespace MultiExit.Engine.Configuration.Native;

/// <summary>Reads <c>times</c> of a rule: a mapping, or a list of them.</summary>
internal static class TimesBinder
{
    private const string What = "times such as { days: [mon, tue], hours: 08:00-18:00, zone: Europe/Berlin }";

    private static readonly string[] DayNames = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static IReadOnlyList<RouteTimes> Read(MapReader reader)
    {
        switch (reader.Take("times"))
        {
            case null:
                return [];
            case MapNode map:
                return [ReadOne(new MapReader(map, reader.Context, "times"))];
            case ListNode { Items.Count: > 0 }:
                return [.. reader.Maps("times", What).Select(ReadOne)];
            case { } other:
                reader.Context.Values.Expect(other, What);
                return [];
        }
    }

    private static RouteTimes ReadOne(MapReader reader)
    {
        RouteTimes times = new()
        {
            Days = [.. Items(reader, "days", "days such as mon").Select(node => Day(reader, node))],
            Hours = [.. Items(reader, "hours", HoursText.Expected).Select(node => Hours(reader, node))],
            Zone = Zone(reader),
        };
        if (times.Days.Count == 0 && times.Hours.Count == 0) reader.Context.Errors.Add(reader.Place, "neither `days` nor `hours`; expected one of them");
        reader.Finish();
        return times;
    }

    private static IReadOnlyList<ConfigNode> Items(MapReader reader, string key, string expected) =>
        reader.Take(key) is { } node ? reader.Context.Values.Values(node, expected) : [];

    private static DayOfWeek Day(MapReader reader, ConfigNode node) =>
        reader.Context.Values.Choice(node, DayNames) is { } day ? (DayOfWeek)Array.IndexOf(DayNames, day) : default;

    private static RouteHours Hours(MapReader reader, ConfigNode node)
    {
        if (node is ScalarNode scalar && HoursText.TryParse(scalar.Text, out RouteHours hours)) return hours;
        reader.Context.Values.Expect(node, HoursText.Expected);
        return default;
    }

    private static string? Zone(MapReader reader)
    {
        if (reader.Take("zone") is not { } node || reader.Context.Values.Text(node, "a time zone such as Europe/Berlin") is not { } zone) return null;
        if (TimeZoneInfo.TryFindSystemTimeZoneById(zone, out _) || reader.Context.IsTextOnly) return zone;
        reader.Context.Errors.Add(node.Place, $"this host has no time zone {ErrorText.Quote(zone)}; expected one such as Europe/Berlin or UTC");
        return null;
    }
}
