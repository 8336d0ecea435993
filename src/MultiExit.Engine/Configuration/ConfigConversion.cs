using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration;

/// <summary>The outcome of a conversion to the native schema: a document, or all that is wrong with what was converted.</summary>
/// <param name="Text">The document, YAML with a line break at its end; null when there are errors. It holds the secrets of what was converted.</param>
/// <param name="Errors">All errors, with the places of what was converted.</param>
/// <param name="Dialect">What was converted: <c>urls</c>, <c>gost 3</c>, <c>shadowsocks server</c>, ...</param>
public sealed record ConfigConversion(string? Text, IReadOnlyList<ConfigError> Errors, string Dialect)
{
    // The text holds secrets.
    /// <inheritdoc/>
    public override string ToString() => Dialect;
}
