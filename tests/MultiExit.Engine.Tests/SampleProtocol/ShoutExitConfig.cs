using MultiExit.Engine.Configuration.Exits;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>The exit of the sample protocol.</summary>
internal sealed record ShoutExitConfig : ExitConfig
{
    public override string Type => "shout";

    /// <summary>The end of each answer to a datagram (key <c>suffix</c>, default nothing).</summary>
    public string Suffix { get; init; } = "";
}
