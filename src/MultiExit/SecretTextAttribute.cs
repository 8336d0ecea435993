using System.Management.Automation;
using System.Net;
using System.Security;

namespace MultiExit;

/// <summary>Lets a SecureString parameter take plain text as well. No error repeats what was given.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class SecretTextAttribute : ArgumentTransformationAttribute
{
    /// <inheritdoc/>
    public override object? Transform(EngineIntrinsics engineIntrinsics, object? inputData)
    {
        object? value = inputData is PSObject wrapped ? wrapped.BaseObject : inputData;
        switch (value)
        {
            case null:
                return null;
            case SecureString { Length: 0 } or string { Length: 0 }:
                throw new ArgumentTransformationMetadataException("The text is empty.");
            case SecureString:
                return value;
            // A number as it was written, with its leading zeros: that is what the wrapping knows.
            case string or ValueType:
                SecureString secret = new NetworkCredential("", LanguagePrimitives.ConvertTo<string>(inputData)).SecurePassword;
                secret.MakeReadOnly();
                return secret;
            default:
                throw new ArgumentTransformationMetadataException($"Expected text or a SecureString, found {value.GetType().Name}.");
        }
    }
}
