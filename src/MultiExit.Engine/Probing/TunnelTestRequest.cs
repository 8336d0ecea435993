using MultiExit.Engine.Configuration;
using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Protocols;

namespace MultiExit.Engine.Probing;

/// <summary>A test for <see cref="TunnelTest"/>.</summary>
public sealed record TunnelTestRequest
{
    /// <summary>The proxy as a URL: what <c>--forward</c> takes (docs/configuration.md, URLs).</summary>
    public required string Through { get; init; }

    /// <summary>Makes the path of a file that <see cref="Through"/> names absolute, before anything is awaited; what it throws is thrown on.
    /// Null: relative paths are relative to the current folder of the process.</summary>
    public Func<string, string>? FullPath { get; init; }

    /// <summary>The destination to ask the proxy for.</summary>
    public required Destination Destination { get; init; }

    /// <summary>The user and password at the proxy, in place of those in the URL; null: those of the URL.</summary>
    public UserConfig? Login { get; init; }

    /// <summary>The token of an ECH tunnel. With one, <c>ws://</c> and <c>wss://</c> are ECH tunnels. Null: that of the URL.</summary>
    public Secret? Token { get; init; }

    /// <summary>The pre-shared key of a tunnel; null: that of the URL.</summary>
    public Secret? TunnelKey { get; init; }

    /// <summary>The bytes to send. Null: an HTTP HEAD request for <c>/</c>. Empty: none, the destination sends first.</summary>
    public ReadOnlyMemory<byte>? Data { get; init; }

    /// <summary>Whether this side's direction ends after <see cref="Data"/>: for destinations that answer only then.</summary>
    public bool HalfClose { get; init; }

    /// <summary>How long all of it may take (default 10 s).</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long the destination may be silent, once something has come, until the answer counts as complete (default 1 s).</summary>
    public TimeSpan Silence { get; init; } = TimeSpan.FromSeconds(1);
}
