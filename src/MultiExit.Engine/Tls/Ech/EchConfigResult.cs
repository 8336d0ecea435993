using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Protocols.Ech;

namespace MultiExit.Engine.Tls.Ech;

/// <summary>The outcome of looking for a config.</summary>
internal readonly record struct EchConfigResult
{
    private EchConfigResult(EchConfig? config, string? failure)
    {
        Config = config;
        Failure = failure;
    }

    /// <summary>The one config to use, not expired and usable; a TLS library gets <see cref="EchConfig.ToList"/>.</summary>
    public EchConfig? Config { get; }

    /// <summary>Why there is none, a sentence for the operator; null when there is one.</summary>
    public string? Failure { get; }

    [MemberNotNullWhen(true, nameof(Config))]
    [MemberNotNullWhen(false, nameof(Failure))]
    public bool Succeeded => Config is not null;

    public static EchConfigResult Success(EchConfig config) => new(config, null);

    public static EchConfigResult Failed(string failure) => new(null, failure);
}
