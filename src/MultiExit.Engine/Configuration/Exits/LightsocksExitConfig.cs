using MultiExit.Engine.Configuration.Ranges;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Configuration.Exits;

/// <summary>Through a Lightsocks server. It protects nothing: each octet is replaced by another one, which hides nothing from whoever looks.</summary>
public sealed record LightsocksExitConfig : ExitConfig
{
    /// <inheritdoc/>
    public override string Type => "lightsocks";

    /// <summary>The server (key <c>server</c>).</summary>
    public required Destination Server { get; init; }

    /// <summary>The password (key <c>password</c>): base64 of the numbers 0 to 255 in an order in which none stands at its own place.</summary>
    public required Secret Password { get; init; }

    /// <summary>The exit or group through which the server is reached (key <c>via</c>); null: <c>direct</c>.</summary>
    public string? Via { get; init; }

    /// <summary>How long a dial may take (key <c>timeout</c>, 10 ms to 1 h); null: <c>limits.connect_timeout</c>.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>How often a server that cannot be reached is tried again (key <c>retries</c>, 0 to 100, default 0).</summary>
    public int Retries { get; init; }

    internal override TimeSpan? DialTimeout => Timeout;

    internal override (Destination Server, string? Via)? Hop => (Server, Via);

    internal override void Check(ValueCheck check)
    {
        base.Check(check);
        check.Check(TimeoutRange, Timeout);
        check.Check(RetriesRange, Retries);
    }
}
