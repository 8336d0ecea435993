using System.Collections;
using System.Globalization;
using System.Management.Automation;
using System.Net;
using System.Security;
using System.Text.Json;

namespace MultiExit;

/// <summary>Makes values of a configuration of what PowerShell has.</summary>
internal static class EditValue
{
    /// <summary>The value of an object.</summary>
    /// <exception cref="ArgumentException">It is or holds null.</exception>
    public static JsonElement Of(object? value) => JsonSerializer.SerializeToElement(Plain(value));

    /// <summary>The text of a secret.</summary>
    public static string TextOf(SecureString secret) => new NetworkCredential("", secret).Password;

    private static object Plain(object? value) => value switch
    {
        null => throw new ArgumentException("a value is $null; take a key out with -Remove"),
        PSObject { BaseObject: PSCustomObject } custom => custom.Properties.ToDictionary(property => property.Name, property => Plain(property.Value), StringComparer.Ordinal),
        PSObject wrapped => Plain(wrapped.BaseObject),
        string or bool or sbyte or byte or short or ushort or int or uint or long or ulong or decimal or double => value,
        SwitchParameter flag => flag.IsPresent,
        TimeSpan time => string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0}ms"),
        SecureString secret => TextOf(secret),
        IDictionary map => map.Cast<DictionaryEntry>().ToDictionary(entry => $"{entry.Key}", entry => Plain(entry.Value), StringComparer.Ordinal),
        IEnumerable items => items.Cast<object?>().Select(Plain).ToArray(),
        _ => LanguagePrimitives.ConvertTo<string>(value),
    };
}
