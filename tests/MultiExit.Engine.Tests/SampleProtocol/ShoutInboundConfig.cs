using MultiExit.Engine.Configuration.Inbounds;

namespace MultiExit.Engine.Tests.SampleProtocol;

/// <summary>The inbound of the sample protocol.</summary>
internal sealed record ShoutInboundConfig : InboundConfig
{
    public override string Type => "shout";

    /// <summary>What a client gets once its destination is reached (key <c>greeting</c>, default HELLO).</summary>
    public string Greeting { get; init; } = "HELLO";

    /// <summary>Whether datagrams are taken (key <c>udp</c>, default true).</summary>
    public bool Udp { get; init; } = true;

    internal override bool CarriesUdp => Udp;
}
