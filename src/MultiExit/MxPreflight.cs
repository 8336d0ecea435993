using MultiExit.Engine.Status;

namespace MultiExit;

/// <summary>What a check of Test-MxServer found.</summary>
public sealed class MxPreflight
{
    internal MxPreflight(string server, PreflightResult result)
    {
        Server = server;
        Name = result.Name;
        Status = result.Status.ToString().ToLowerInvariant();
        Detail = result.Detail;
        RecommendedAction = result.RecommendedAction;
    }

    /// <summary>The server, or the name that the configuration gives it.</summary>
    public string Server { get; }

    /// <summary>The check: <c>descriptors</c>.</summary>
    public string Name { get; }

    /// <summary>ok, warning, error or skipped.</summary>
    public string Status { get; }

    /// <summary>What was found.</summary>
    public string Detail { get; }

    /// <summary>What helps; null where nothing has to be done.</summary>
    public string? RecommendedAction { get; }

    /// <summary>The form <c>descriptors: warning, detail</c>.</summary>
    public override string ToString() => $"{Name}: {Status}, {Detail}";
}
