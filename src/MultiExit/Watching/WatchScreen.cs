using System.Globalization;
using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>The screen of Watch-MxServer: what there is room for, in lines.</summary>
internal static class WatchScreen
{
    private const int KeptEvents = 6;

    /// <summary>The lines, each as wide as the screen at most.</summary>
    /// <param name="servers">The servers with their newest samples, and their live sessions, the newest first.</param>
    /// <param name="events">The events that were seen, the newest last.</param>
    /// <param name="width">The columns.</param>
    /// <param name="height">The rows.</param>
    public static IReadOnlyList<string> Draw(IReadOnlyList<(MxServerSample Sample, IReadOnlyList<SessionRecord> Sessions)> servers,
        IReadOnlyList<MxEvent> events, int width, int height)
    {
        List<string> lines = [];
        foreach ((MxServerSample sample, _) in servers)
        {
            lines.AddRange(Head(sample));
            lines.AddRange(Exits(sample));
            lines.Add("");
        }
        MxEvent[] newest = [.. events.TakeLast(KeptEvents)];
        int forEvents = newest.Length == 0 ? 0 : newest.Length + 2;
        int room = height - lines.Count - forEvents - 2; // the line of keys, and the title of sessions
        if (servers is [var (_, sessions)] && sessions.Count > 0 && room > 1) lines.AddRange(Sessions(sessions, room - 1));
        if (newest.Length > 0) lines.AddRange(["", "EVENTS", .. newest.Select(told => $"{Clock(told.Time)}  {told.Type,-18} {told.Message}{Times(told)}")]);
        return [.. lines.Take(height - 1).Append("q ends it").Select(line => Cut(line, width))];
    }

    private static IEnumerable<string> Head(MxServerSample sample) =>
    [
        $"{sample.Server}  {sample.State}  up {TableText.Age(sample.Started)}  {Clock(sample.Time)}",
        Invariant($"connections {sample.Connections}  sessions {sample.Sessions}  new {sample.SessionsPerSecond:0.0}/s  ")
            + Invariant($"failed {sample.FailedPerSecond:0.0}/s  ")
            + $"up {TableText.Size(sample.BytesUpPerSecond)}/s  down {TableText.Size(sample.BytesDownPerSecond)}/s",
    ];

    private static IEnumerable<string> Exits(MxServerSample sample)
    {
        yield return "EXIT             STATE      LATENCY  SESSIONS        UP      DOWN  REASON";
        foreach (MxExit exit in sample.Exits)
        {
            yield return $"{Fit(exit.Name, 16)} {exit.State,-9} {TableText.Milliseconds(exit.Latency),8}  {exit.Sessions,8}  "
                + $"{TableText.Size(exit.BytesUp),8}  {TableText.Size(exit.BytesDown),8}  {(exit.State is "Down" or "Disabled" ? exit.Reason : "")}";
        }
    }

    private static IEnumerable<string> Sessions(IReadOnlyList<SessionRecord> sessions, int room)
    {
        yield return "SESSION  AGE       CLIENT                 USER      EXIT          UP      DOWN  DESTINATION";
        foreach (SessionRecord session in sessions.Take(room))
        {
            yield return $"{session.Id,7}  {TableText.Age(session.Started),-8}  {Fit($"{session.Client}", 21)}  {Fit(session.User ?? "", 8)}  "
                + $"{Fit(session.Exit ?? "", 8)}  {TableText.Size(session.BytesUp),8}  {TableText.Size(session.BytesDown),8}  {session.Destination}";
        }
    }

    private static string Times(MxEvent told) => told.Repeated == 0 ? "" : $" ({told.Repeated} before it)";

    private static string Clock(DateTimeOffset time) => time.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture);

    private static string Fit(string text, int width) => text.Length > width ? text[..(width - 1)] + "…" : text.PadRight(width);

    // A control character would move the cursor.
    private static string Cut(string line, int width)
    {
        string clean = string.Concat(line.Select(c => char.IsControl(c) ? '?' : c));
        return clean.Length > width ? clean[..width] : clean;
    }

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
