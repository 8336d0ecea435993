using System.Management.Automation;
using MultiExit.Engine.Configuration.History;

namespace MultiExit.Commands;

/// <summary>What the cmdlets share that work on the configuration of one running server.</summary>
public abstract class ServerConfigCommand : ServerCommand
{
    /// <summary>The one server of that name; null after an error.</summary>
    private protected RunningServer? FindServer(string name)
    {
        RunningServer[] servers = [.. Find([name])];
        if (servers.Length == 1)
            return servers[0];
        if (servers.Length > 1 || WildcardPattern.ContainsWildcardCharacters(name))
        {
            WriteError(NewError("ServerAmbiguous", ErrorCategory.InvalidArgument, name,
                $"'{name}' stands for {servers.Length} servers, and a configuration is that of one: name it with -Name."));
        }
        return null;
    }

    /// <summary>Asks, with all that would change in view.</summary>
    private protected bool Ask(RunningServer server, string action, IReadOnlyList<ConfigDifference> differences)
    {
        string changes = differences.Count == 0 ? "nothing differs" : string.Join(Environment.NewLine, differences);
        string text = $"{action} on the server '{server.Name}':{Environment.NewLine}{changes}";
        return ShouldProcess(text, text, action);
    }
}
