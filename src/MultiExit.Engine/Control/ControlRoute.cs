namespace MultiExit.Engine.Control;

/// <summary>One request that the control endpoint takes. The table of all of them (<see cref="ControlTable"/>) decides what is there, who may ask for it, and
/// what the OpenAPI document says.</summary>
/// <param name="Method">The method; GET answers HEAD as well.</param>
/// <param name="Path">The path, with <c>{name}</c> for what differs.</param>
/// <param name="Access">Whether it changes something.</param>
/// <param name="Summary">What it does, a sentence.</param>
internal sealed record ControlRoute(string Method, string Path, ControlAccess Access, string Summary)
{
    private readonly string[] _parts = Path.Split('/')[1..];

    /// <summary>What the JSON of the answer is; null: there is none.</summary>
    public Type? Answer { get; init; }

    /// <summary>The content type of an answer that is no JSON, or may be asked for in another form; null: it is JSON alone.</summary>
    public string? ContentType { get; init; }

    /// <summary>What the JSON of the body is; null: there is none, or it is no JSON.</summary>
    public Type? Body { get; init; }

    /// <summary>Whether the body is the text of a configuration.</summary>
    public bool TakesDocument { get; init; }

    /// <summary>Whether the body may be left out.</summary>
    public bool IsBodyOptional { get; init; }

    /// <summary>The most bytes that the body may have.</summary>
    public int MaxBody { get; init; } = IControlResource.UsualMaxBody;

    /// <summary>The parameters.</summary>
    public IReadOnlyList<ControlParameter> Parameters { get; init; } = [];

    /// <summary>Whether an operator may do it in the dashboard: what can be undone. What reads is there anyhow.</summary>
    public bool IsForBrowsers { get; init; }

    /// <summary>A request that only reads.</summary>
    public static ControlRoute Get<T>(string path, string summary, params IReadOnlyList<ControlParameter> parameters) =>
        new("GET", path, ControlAccess.Read, summary) { Answer = typeof(T), Parameters = parameters };

    /// <summary>A request that changes something.</summary>
    public static ControlRoute Post<T>(string path, string summary) => new("POST", path, ControlAccess.Write, summary) { Answer = typeof(T) };

    /// <summary>The names in the path, in their order.</summary>
    public IEnumerable<string> PathParameters => _parts.Where(part => part.StartsWith('{')).Select(part => part[1..^1]);

    /// <summary>Whether it is at this path.</summary>
    public bool IsAt(string[] path)
    {
        if (path.Length != _parts.Length) return false;
        for (int i = 0; i < path.Length; i++)
            if (!_parts[i].StartsWith('{') && path[i] != _parts[i]) return false;
        return true;
    }

    /// <summary>Whether it takes this method.</summary>
    public bool Takes(string method) => method == Method || (method == "HEAD" && Method == "GET");
}
