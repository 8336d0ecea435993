using System.Reflection;
using System.Runtime.Loader;

namespace MultiExit.Loader;

/// <summary>The load context of the engine: assemblies in <c>lib</c> come from there, whatever version another module has loaded.</summary>
internal sealed class EngineLoadContext(string folder) : AssemblyLoadContext("MultiExit")
{
    protected override Assembly? Load(AssemblyName assemblyName)
    {
        string path = Path.Combine(folder, assemblyName.Name + ".dll");
        return File.Exists(path) ? LoadFromAssemblyPath(path) : null;
    }

    protected override nint LoadUnmanagedDll(string unmanagedDllName)
    {
        string path = Path.Combine(folder, unmanagedDllName);
        return File.Exists(path) ? LoadUnmanagedDllFromPath(path) : 0;
    }
}
