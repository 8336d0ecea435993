namespace MultiExit.Engine.Templates;

/// <summary>What a configuration is made from.</summary>
public sealed record TemplateRequest
{
    /// <summary>The template, one of <see cref="ConfigTemplates.Names"/>.</summary>
    public required string Template { get; init; }

    /// <summary>Where clients come in, as <c>listen</c> of a configuration; null: the template's own, on 127.0.0.1 unless it is a gateway.</summary>
    public string? Listen { get; init; }

    /// <summary>The server of a pair, host or host:port (443); null: none is given.</summary>
    public string? Server { get; init; }

    /// <summary>The name that observers see in place of the server's; null: none is given.</summary>
    public string? PublicName { get; init; }

    /// <summary>The addresses and networks that connections leave from.</summary>
    public IReadOnlyList<string> Addresses { get; init; } = [];

    /// <summary>The networks and interfaces that a gateway's clients come from.</summary>
    public IReadOnlyList<string> From { get; init; } = [];

    /// <summary>The names of users; each gets a password.</summary>
    public IReadOnlyList<string> Users { get; init; } = [];

    /// <summary>Whether secrets go into files of their own beside the documents; otherwise they stand in them.</summary>
    public bool HasFiles { get; init; }
}
