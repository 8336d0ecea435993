namespace MultiExit.Engine.Remote;

/// <summary>What a control link leads to: the list that its far side sends as JSON.</summary>
/// <param name="Servers">The servers, by name.</param>
/// <param name="Problems">Why a control socket that is there leads to none, each a sentence.</param>
internal sealed record ReachedServers(IReadOnlyList<ReachedServer> Servers, IReadOnlyList<string> Problems);
