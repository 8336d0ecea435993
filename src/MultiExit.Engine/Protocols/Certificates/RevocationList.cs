namespace MultiExit.Engine.Protocols.Certificates;

/// <summary>A certificate revocation list (RFC 5280 section 5), read and not yet proved to be its issuer's.</summary>
internal sealed record RevocationList
{
    /// <summary>The issuer's name, DER.</summary>
    public required ReadOnlyMemory<byte> Issuer { get; init; }

    /// <summary>When it was issued.</summary>
    public required DateTimeOffset ThisUpdate { get; init; }

    /// <summary>When the next one is issued at the latest; null: it does not say.</summary>
    public required DateTimeOffset? NextUpdate { get; init; }

    /// <summary>The revoked certificates: their serial numbers (<see cref="SerialText"/>) and the reasons.</summary>
    public required IReadOnlyDictionary<string, RevocationReason> Revoked { get; init; }

    /// <summary>The bytes that are signed.</summary>
    public required ReadOnlyMemory<byte> Signed { get; init; }

    /// <summary>The object identifier of the signature's algorithm.</summary>
    public required string Algorithm { get; init; }

    /// <summary>The algorithm's parameters, DER; empty for none.</summary>
    public required ReadOnlyMemory<byte> AlgorithmParameters { get; init; }

    /// <summary>The signature.</summary>
    public required byte[] Signature { get; init; }
}
