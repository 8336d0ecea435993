using System.Management.Automation;
using MultiExit.Engine.Status;

namespace MultiExit.Commands;

/// <content>Servers as nodes of a fleet.</content>
public abstract partial class ServerCommand
{
    /// <summary>A server that is a node of a fleet, one that reaches the store where there is any; an error where there is none.</summary>
    private protected RunningServer? NodeOf(NamePattern[] servers, string fleet)
    {
        RunningServer? found = null;
        bool isReachable = false;
        ForEachServer(servers, server =>
        {
            if (isReachable || Await(server.Control.GetStatusAsync).Fleet is not { } status || status.Fleet != fleet) return;
            if (found is null || status.Reachable) (found, isReachable) = (server, status.Reachable);
        });
        if (found is null)
        {
            WriteError(NewError("FleetNotFound", ErrorCategory.ObjectNotFound, fleet,
                $"No server asked for is a node of a fleet named '{fleet}'."));
        }
        return found;
    }
}
