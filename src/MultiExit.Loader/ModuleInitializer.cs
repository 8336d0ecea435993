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
        name.Name switch
        {
            "MultiExit.Engine" => Engine.LoadFromAssemblyName(name),
            // MultiExit.Feedback asks for the version that it was compiled against; an earlier one of the same kind does.
            "System.Management.Automation" => typeof(PSObject).Assembly,
            _ => null,
        };
}
