using MultiExit.Engine.Errors;

namespace MultiExit.Engine.Configuration.Reading;

/// <summary>Collects the errors of one document.</summary>
internal sealed class ErrorList(string? file)
{
    /// <summary>The most errors that are kept; a hostile document could have one for every byte.</summary>
    public const int MaxErrors = 200;

    private readonly List<ConfigError> _errors = [];

    /// <summary>The number of errors so far.</summary>
    public int Count => _errors.Count;

    /// <summary>True when further errors are no longer taken.</summary>
    public bool IsFull => _errors.Count >= MaxErrors;

    /// <summary>Adds an error.</summary>
    public void Add(SourcePlace place, string message, ConfigErrorKind kind = ConfigErrorKind.Text)
    {
        if (!IsFull) _errors.Add(new(file, place.Line, place.Column, place.Path, message, kind));
    }

    /// <summary>Adds the error for a feature that is not available yet.</summary>
    public void AddNotYet(SourcePlace place, string feature) => Add(place, $"not yet available in this build: {feature}");

    /// <summary>All errors in the order of the file, each once: a dialect may use one value for two keys.</summary>
    public IReadOnlyList<ConfigError> InFileOrder() => [.. _errors.Distinct().OrderBy(error => error.Line).ThenBy(error => error.Column)];
}
