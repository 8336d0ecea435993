using System.Management.Automation;

namespace MultiExit;

/// <summary>Lets a parameter for a server's name take an object of that server: an exit, a user or a session stands for its server.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ServerOfAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) =>
        inputData is PSObject { BaseObject: not string } wrapped && IsOurs(wrapped) && wrapped.Properties["Server"]?.Value is string server
            ? server : inputData;

    // Also an object that came through Start-Job or remoting.
    private static bool IsOurs(PSObject value) => value.TypeNames.Any(name =>
        name.StartsWith("MultiExit.Mx", StringComparison.Ordinal) || name.StartsWith("Deserialized.MultiExit.Mx", StringComparison.Ordinal));
}
