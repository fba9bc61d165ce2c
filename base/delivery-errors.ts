// The part of the error catalogue that is about the delivery network. The form of an entry is error-catalogue.ts's; callers
// meet all of them, so they stand among the request errors.

export const deliveryErrors = {
  NOT_DELIVERABLE: {
    message: 'Nobody delivers this there.',
    disposition: 'refuse',
    remedy:
      'Remove the lines that `errors` lists, or send them to another address; GET /v1/products/{id}/delivery tells.',
    status: 422,
  },
  NETWORK_PART_NOT_FOUND: {
    message: 'The delivery network has no {kind} {id}.',
    disposition: 'refuse',
    remedy: 'Check the id; a list of all is at the address without it.',
    status: 404,
  },
  NETWORK_PART_IN_USE: {
    message: 'Routes begin or end at {kind} {id}.',
    disposition: 'refuse',
    remedy: 'Remove its routes first. A warehouse that sends nothing for now can be closed instead.',
    status: 409,
  },
  NETWORK_CHANGE_REFUSED: {
    message: 'The delivery network can not be changed so: {reason}.',
    disposition: 'refuse',
    remedy: 'Mend what the reason names. A route needs its warehouse and its area to be there first.',
    status: 422,
  },
} as const;
