using System.Management.Automation;
using System.Net;

namespace MultiExit;

/// <summary>Lets an IPAddress parameter take an end point, as the client of a session is one.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class AddressAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object Transform(EngineIntrinsics engineIntrinsics, object inputData) =>
        (inputData is PSObject wrapped ? wrapped.BaseObject : inputData) is IPEndPoint endPoint ? endPoint.Address : inputData;
}
