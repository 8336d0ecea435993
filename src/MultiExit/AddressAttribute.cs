using System.Collections;
using System.Management.Automation;
using System.Net;

namespace MultiExit;

/// <summary>Lets an IPAddress parameter take an end point, as the client of a session is one, also as text.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData) => Unwrap(inputData) switch
    {
        string text => AddressOf(text),
        IEnumerable items => items.Cast<object?>().Select(AddressOf).ToArray(),
        var item => AddressOf(item),
    };

    private static object? AddressOf(object? value) => Unwrap(value) switch
    {
        IPEndPoint endPoint => endPoint.Address,
        // As an end point comes through Start-Job.
        string text when !IPAddress.TryParse(text, out _) && IPEndPoint.TryParse(text, out IPEndPoint? endPoint) => endPoint.Address,
        PSCustomObject => (value as PSObject)?.Properties["Address"]?.Value ?? value,
        var other => other,
    };

    private static object? Unwrap(object? value) => value is PSObject wrapped ? wrapped.BaseObject : value;
}
