namespace MultiExit.Engine.Configuration.Settings;

/// <summary>One who is told of events: a URL or a command.</summary>
public sealed record NotifyConfig
{
    /// <summary>Where each event is posted to as JSON, <c>http://</c> or <c>https://</c>. A secret, since such URLs often are the only credential.
    /// Null where there is a command.</summary>
    public Secret? Url { get; init; }

    /// <summary>Sent as <c>Authorization: Bearer</c> with each post; null for none.</summary>
    public Secret? Token { get; init; }

    /// <summary>The program, an absolute path, and its arguments; it is run for each event, which it reads as JSON from its standard input. Empty
    /// where there is a URL.</summary>
    public IReadOnlyList<string> Command { get; init; } = [];

    /// <summary>The types of events that are told; empty: all.</summary>
    public IReadOnlyList<string> Events { get; init; } = [];

    /// <summary>The URL's host or the program, for messages.</summary>
    public string Target => Command.Count > 0 ? Command[0]
        : Uri.TryCreate(System.Text.Encoding.UTF8.GetString(Url!.Reveal()), UriKind.Absolute, out Uri? url) ? url.GetLeftPart(UriPartial.Authority) : "";

    /// <inheritdoc/>
    public bool Equals(NotifyConfig? other) => other is not null && Equals(Url, other.Url) && Equals(Token, other.Token)
        && Command.SequenceEqual(other.Command, StringComparer.Ordinal) && Events.SequenceEqual(other.Events, StringComparer.Ordinal);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Url, Token, Command.Count, Events.Count);
}
