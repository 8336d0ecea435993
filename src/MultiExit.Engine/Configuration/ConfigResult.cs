using System.Diagnostics.CodeAnalysis;
using MultiExit.Engine.Configuration.Reading;
using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration;

/// <summary>The outcome of loading a configuration: the configuration, or all that is wrong with it.</summary>
/// <param name="Config">The configuration; null when there are errors.</param>
/// <param name="Errors">All errors, in the order of the file.</param>
/// <param name="Dialect">What the document was recognised as: <c>native</c>, <c>multiexit-proxy server</c>, ...</param>
public sealed record ConfigResult(GatewayConfig? Config, IReadOnlyList<ConfigError> Errors, string Dialect)
{
    /// <summary>True when the configuration can be used.</summary>
    [MemberNotNullWhen(true, nameof(Config))]
    public bool IsValid => Config is not null;

    /// <summary>SHA-256 of the text it was read from (UTF-8, without byte order mark), hexadecimal; null when there was none.</summary>
    public string? Sha256 => Document?.Sha256;

    /// <summary>The names of the credentials that it asks for, <c>{ credential: NAME }</c>, each once.</summary>
    public IReadOnlyList<string> Credentials { get; init; } = [];

    /// <summary>The text it was read from; null when there was none, or it could not be read.</summary>
    internal ConfigDocument? Document { get; init; }

    /// <summary>The files that it names, as they were when it was read.</summary>
    internal IReadOnlyList<ReadFile> Files { get; init; } = [];

    internal static ConfigResult Unreadable(string path, string problem) =>
        new(null, [new ConfigError(ShownUrl.IfUrl(path), 0, 0, "", $"the configuration file {problem}", ConfigErrorKind.Machine)], "native");

    /// <summary>The faults as a failure.</summary>
    /// <param name="what">What is not valid.</param>
    internal ProxyException ToException(string what = "the configuration is not valid") =>
        new(ProxyError.InvalidConfiguration, $"{what}: {string.Join("; ", Errors)}") { ConfigErrors = Errors };
}
