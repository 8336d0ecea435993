namespace MultiExit.Engine.Configuration;

/// <summary>A server or target that is a listener of the same configuration, from which requests may come back there.</summary>
/// <param name="List">The list that it stands in, <c>exits</c> or <c>inbounds</c>.</param>
/// <param name="Index">Where it stands there.</param>
/// <param name="Key">Its key there, <c>server</c> or <c>target</c>.</param>
/// <param name="Name">The name of the exit or inbound that has the key.</param>
/// <param name="Inbound">The inbound that it leads to.</param>
/// <param name="IsCertain">Whether every request that comes in there goes round without an end; otherwise rules decide.</param>
internal sealed record OwnLoop(string List, int Index, string Key, string Name, string Inbound, bool IsCertain)
{
    /// <summary>The path of the key.</summary>
    public string Path => $"{List}[{Index}].{Key}";

    /// <summary>What is wrong, where it is certain.</summary>
    public string Problem =>
        $"is the inbound {Inbound} of this configuration, which sends all that it takes back there: every request would go round without an end; "
        + "expected another server, or a rule that leads elsewhere";
}
