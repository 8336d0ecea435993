namespace MultiExit.Engine.Configuration.Settings;

/// <summary>Databases in the MaxMind DB format that say where addresses are.</summary>
public sealed record GeoIpConfig
{
    /// <summary>The most bytes of a database, which is held in memory: 512 MiB.</summary>
    public const int MaxBytes = 512 << 20;

    /// <summary>A database with <c>country.iso_code</c>, such as GeoLite2-Country; null: there is none.</summary>
    public string? Country { get; init; }

    /// <summary>A database with <c>autonomous_system_number</c>, such as GeoLite2-ASN; null: there is none.</summary>
    public string? Asn { get; init; }
}
