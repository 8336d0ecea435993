using System.Globalization;
using System.Text;
using MultiExit.Engine.Status;

namespace MultiExit.Engine.Diagnostics;

/// <summary>The line of a session in the access log: seven words by their places, then fields by their names (docs/records.md).</summary>
internal static class AccessLine
{
    /// <summary>Where a word has no value.</summary>
    private const string None = "-";

    public static string Of(SessionRecord session)
    {
        StringBuilder line = new(256);
        line.Append(CultureInfo.InvariantCulture,
            $"{session.Inbound} {session.Client} {LogText.Clean(session.User ?? None)} {session.Network} {LogText.Clean(session.Destination)}");
        line.Append(CultureInfo.InvariantCulture,
            $" {session.Exit ?? None} {(session.Outcome ?? SessionOutcome.Ok).Word()} up={session.BytesUp} down={session.BytesDown} ms={session.DurationMs:0}");
        line.Append(CultureInfo.InvariantCulture, $" id={session.Id} protocol={session.Protocol}");
        Add(line, "flow", session.Flow);
        Add(line, "login", session.Login);
        Add(line, "session_key", session.SessionKey is { } key ? LogText.Clean(key) : null);
        Add(line, "proxied_name", session.ProxiedName is { } name ? LogText.Clean(name) : null);
        Add(line, "proxied_id", session.ProxiedId);
        Add(line, "rule", session.Rule);
        Add(line, "group", session.Group);
        Add(line, "resolved", session.Resolved);
        Add(line, "source", session.Source);
        Add(line, "peer", session.Peer);
        Add(line, "leads", session.Leads);
        Add(line, "dial_ms", session.DialMs);
        Add(line, "first_byte_ms", session.FirstByteMs);
        // The exit above is one of them, so a single attempt says nothing more.
        if (session.Attempts.Count > 1) Add(line, "attempts", string.Join(',', session.Attempts.Select(Short)));
        return line.ToString();
    }

    private static string Short(SessionAttempt attempt) =>
        string.Create(CultureInfo.InvariantCulture, $"{attempt.Exit}:{attempt.Failure?.Word() ?? "ok"}:{attempt.Ms:0}");

    private static void Add<T>(StringBuilder line, string name, T? value)
    {
        if (value is not null) line.Append(CultureInfo.InvariantCulture, $" {name}={value}");
    }
}
