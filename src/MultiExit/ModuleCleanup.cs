using System.Management.Automation;

namespace MultiExit;

/// <summary>Stops what still runs when the module is removed.</summary>
public sealed class ModuleCleanup : IModuleAssemblyCleanup
{
    /// <inheritdoc/>
    public void OnRemove(PSModuleInfo psModuleInfo)
    {
        foreach (RunningServer server in ServerRegistry.All())
        {
            server.Managed.StopAsync(TimeSpan.Zero).GetAwaiter().GetResult();
            ServerRegistry.Remove(server);
        }
    }
}
