// The part of the error catalogue that sellers meet: products, their types, stock changes, bulk uploads and imports.
// The form of an entry is error-catalogue.ts's; that file puts all together and checks it.

export const productErrors = {
  PRODUCT_NOT_FOUND: {
    message: 'There is no such product.',
    disposition: 'refuse',
    remedy: 'Check the product id. A product shows a moment after it was created.',
    status: 404,
  },
  PRODUCT_EXISTS: {
    message: 'The product exists already.',
    disposition: 'refuse',
    remedy: 'Change it with PATCH, or choose another product id.',
    status: 409,
  },
  PRODUCT_INVALID: {
    message: 'The product cannot be as it is told: {problems}.',
    disposition: 'refuse',
    remedy: 'Mend what `errors` lists; GET /v1/product-types/{type} shows what the type asks for.',
    status: 422,
  },
  PRODUCT_IS_VARIANT: {
    message: 'The product is a variant of {parent}.',
    disposition: 'refuse',
    remedy: 'Change the product that it is a variant of: its `variants` say what this one is. Its stock is its own.',
    status: 409,
  },
  VARIANT_ID_TAKEN: {
    message: 'Some ids of variants are those of other products: {products}.',
    disposition: 'refuse',
    remedy: 'Choose other ids for what `errors` lists, or take those products off sale first if they are yours.',
    status: 409,
  },
  PRODUCT_TYPE_NOT_FOUND: {
    message: 'There is no product type {type}.',
    disposition: 'refuse',
    remedy: 'GET /v1/product-types lists them.',
    status: 404,
  },
  PRODUCT_VERSION_DIFFERS: {
    message: 'The product is at version {version}, not at the one in If-Match.',
    disposition: 'refuse',
    remedy: 'Read the product again and repeat the change on what it is now.',
    status: 412,
  },
  CATALOG_CHANGE_REFUSED: {
    message: 'The change of the product was refused: {reason}.',
    disposition: 'refuse',
    remedy: 'Mend the field that the reason names.',
    status: 422,
  },
  STOCK_CHANGE_NOT_FOUND: {
    message: 'There is no outcome of such a stock change yet.',
    disposition: 'refuse',
    remedy: 'Check the change id. An outcome shows a moment after the change was accepted.',
    status: 404,
  },
  BULK_LINE_INVALID: {
    message: 'The line says nothing that can be done: {problems}.',
    disposition: 'refuse',
    remedy: 'Mend the line and send it again; the other lines need not be sent again.',
    status: 400,
  },
  BULK_LINE_TOO_LONG: {
    message: 'The line is longer than {limit} bytes.',
    disposition: 'refuse',
    remedy: 'Write one product or change a line, with its line breaks as JSON and CSV have them.',
    status: 413,
  },
  BULK_HEADER_INVALID: {
    message: 'The first line must name the columns: {problems}. Columns are {expected}.',
    disposition: 'refuse',
    remedy: 'Begin the file with the names of its columns, parted by commas.',
    status: 400,
  },
  IMPORT_NOT_FOUND: {
    message: 'There is no such import.',
    disposition: 'refuse',
    remedy: 'Check its id, and whose token is sent. GET /v1/products/imports lists them.',
    status: 404,
  },
  IMPORT_LINES_MISSING: {
    message: 'The import has lines up to {nextLine}, not included; nothing can follow but from there.',
    disposition: 'refuse',
    remedy: 'Send the lines from `nextLine` of GET /v1/products/imports/{id} on, or all of them.',
    status: 409,
  },
  IMPORT_INTERRUPTED: {
    message: 'The gateway closes before the upload has ended.',
    disposition: 'retry',
    remedy: 'Send the lines from `nextLine` of GET /v1/products/imports/{id} on, with the same import and `fromLine`.',
    status: 503,
  },
} as const;
