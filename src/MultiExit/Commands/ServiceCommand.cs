using System.Management.Automation;
using MultiExit.Engine.Services;

namespace MultiExit.Commands;

/// <summary>The common part of the cmdlets for services of systemd.</summary>
public abstract class ServiceCommand : MxCommand
{
    private protected ServiceManager Services { get; } = new();

    /// <summary>The services of these names; a name without wildcards that matches none is an error of its own.</summary>
    private protected IEnumerable<ServiceState> Find(string[] names)
    {
        IReadOnlyList<ServiceState> all = Await(Services.ListAsync);
        foreach (NamePattern name in Wanted(names))
        {
            ServiceState[] found = name.Choose(all, service => service.Name);
            foreach (ServiceState service in found) yield return service;
            if (found.Length == 0 && !name.IsWildcard)
                WriteError(NewError("ServiceNotFound", ErrorCategory.ObjectNotFound, name.Text, $"There is no service named '{name.Text}'.{name.Hint}"));
        }
    }
}
