using MultiExit.Engine.Errors;

namespace MultiExit;

/// <summary>One fault of a configuration.</summary>
public sealed class MxConfigError
{
    private readonly string _text;

    internal MxConfigError(ConfigError error)
    {
        File = error.File;
        Line = error.Line;
        Column = error.Column;
        Path = error.Path;
        Message = error.Message;
        Kind = error.Kind.ToString();
        _text = error.ToString();
    }

    /// <summary>The file; null for parameters.</summary>
    public string? File { get; }

    /// <summary>The line, from 1; 0 where there is none.</summary>
    public int Line { get; }

    /// <summary>The column, from 1; 0 where there is none.</summary>
    public int Column { get; }

    /// <summary>The place in the document, <c>inbounds[0].listen</c>.</summary>
    public string Path { get; }

    /// <summary>What is wrong and what is expected.</summary>
    public string Message { get; }

    /// <summary>Text: the document is wrong on every machine. Machine: this one lacks what the document names, a file, an environment
    /// variable, an address or a library.</summary>
    public string Kind { get; }

    /// <summary>The form <c>file:line:column: path: message</c>.</summary>
    public override string ToString() => _text;
}
