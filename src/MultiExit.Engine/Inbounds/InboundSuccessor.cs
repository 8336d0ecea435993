using MultiExit.Engine.DataPath;
using MultiExit.Engine.Sessions;

namespace MultiExit.Engine.Inbounds;

/// <summary>What a reload has put in an inbound's place: on the same port, or else of the same name.</summary>
/// <param name="Inbound">The inbound.</param>
/// <param name="Dispatcher">The gateway of the configuration that it belongs to.</param>
/// <param name="Name">Its name.</param>
/// <param name="PrivateDestinationsAllowed">Whether its clients may reach private destinations.</param>
internal sealed record InboundSuccessor(IInbound Inbound, IDispatcher Dispatcher, string Name, bool PrivateDestinationsAllowed)
{
    /// <summary>What a connection of the replaced inbound asks for from here on is this one's.</summary>
    public void TakeOver(InboundConnection connection) => connection.ServedAs(Name, PrivateDestinationsAllowed);
}
