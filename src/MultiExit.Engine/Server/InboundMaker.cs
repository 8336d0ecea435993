using MultiExit.Engine.Configuration.Inbounds;
using MultiExit.Engine.Inbounds;

namespace MultiExit.Engine.Server;

/// <summary>How the inbound of a record is built: a line of the <see cref="ProtocolTable"/>.</summary>
/// <param name="Record">The record.</param>
/// <param name="Create">Builds the inbound. It opens nothing.</param>
internal sealed record InboundMaker(Type Record, Func<InboundConfig, InboundParts, IInbound> Create)
{
    /// <summary>A line.</summary>
    public static InboundMaker For<T>(Func<T, InboundParts, IInbound> create)
        where T : InboundConfig => new(typeof(T), (config, parts) => create((T)config, parts));
}
