using System.Net;

namespace MultiExit.Engine.Configuration.Settings;

/// <summary>A resolver that is asked over HTTPS (RFC 8484).</summary>
public sealed record DohConfig
{
    /// <summary>Its URL, without user, query or fragment: https, or http where only ECH configs are asked for.</summary>
    public required Uri Url { get; init; }

    /// <summary>The addresses of the URL's host (key <c>bootstrap</c>), so that no plain query asks for them. None: the system's
    /// resolver is asked, unless the URL has an address.</summary>
    public IReadOnlyList<IPAddress> Bootstrap { get; init; } = [];

    /// <summary>A CA file (PEM, absolute path) that alone is trusted (key <c>ca</c>); null: the system's.</summary>
    public string? CaFile { get; init; }

    /// <inheritdoc/>
    public bool Equals(DohConfig? other) =>
        other is not null && Url == other.Url && CaFile == other.CaFile && Bootstrap.SequenceEqual(other.Bootstrap);

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Url, CaFile);
}
