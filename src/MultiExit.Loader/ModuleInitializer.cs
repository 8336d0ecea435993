using System.Management.Automation;
using System.Reflection;
using System.Runtime.Loader;

namespace MultiExit.Loader;

/// <summary>Resolves <c>MultiExit.Engine</c> only, so that the engine's dependencies never meet those of another module.
/// Listed in <c>NestedModules</c>: it runs before the cmdlets' types are looked at.</summary>
public sealed class ModuleInitializer : IModuleAssemblyInitializer
{
    private static readonly EngineLoadContext Engine = new(
        Path.Combine(Path.GetDirectoryName(typeof(ModuleInitializer).Assembly.Location)!, "lib"));

    // Once a process, however many runspaces import the module, and at the same time.
    static ModuleInitializer() => AssemblyLoadContext.Default.Resolving += Resolve;

    /// <inheritdoc/>
    public void OnImport()
    {
        // The handler is in place by now.
    }

    private static Assembly? Resolve(AssemblyLoadContext context, AssemblyName name) =>
        string.Equals(name.Name, "MultiExit.Engine", StringComparison.Ordinal) ? Engine.LoadFromAssemblyName(name) : null;
}
